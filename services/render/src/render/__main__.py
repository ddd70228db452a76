from render.main import main

main()
