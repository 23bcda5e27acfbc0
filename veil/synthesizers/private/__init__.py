"""Parts of `dp_network`: accounting, the mechanisms that look at rows, private domains, and the network fitted to what they told.

Only `mechanisms.py` turns rows into something told, and every call there is charged to an account (`ledger.py`). All else is
post-processing of noisy answers and costs nothing (Dwork and Roth 2014, proposition 2.1).
"""
