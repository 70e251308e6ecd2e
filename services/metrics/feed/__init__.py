"""Files made from a release and nothing else: JSON, CSV, Atom, workbooks, one page of paper."""
