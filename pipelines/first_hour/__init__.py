"""From the files that people have to a workspace that runs: recognised, asked in plain words, written as the YAML that engineers edit.

Pure but for `intake.py` (what was added and answered, on disk) and `work.py` (the dry run and the run, in a process of their own).
"""
