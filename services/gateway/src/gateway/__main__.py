"""`python -m gateway` runs the service."""

from chassis.app import serve
from gateway.main import create_app
from gateway.settings import Settings


def main() -> None:
    settings = Settings()
    serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
