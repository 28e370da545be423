"""mobilegen.yml and command line options become one checked `Settings`."""
