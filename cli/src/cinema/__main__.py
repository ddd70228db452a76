from cinema.main import main

main(prog_name="cinema")
