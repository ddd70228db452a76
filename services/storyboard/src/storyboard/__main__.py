from storyboard.main import main

main()
