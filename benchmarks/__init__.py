"""How fast it is: each file without a leading underscore is one benchmark, run by `make bench`."""
