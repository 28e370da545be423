"""Linux with glibc: boards such as Raspberry Pi, and computers."""
