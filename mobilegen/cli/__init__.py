"""The command line: one module for each verb, which reads options and prints results."""
