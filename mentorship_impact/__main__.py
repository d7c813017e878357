"""`python -m mentorship_impact`: the command line."""

from mentorship_impact import main

if __name__ == "__main__":
    main()
