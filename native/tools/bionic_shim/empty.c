/* For a library that only brings others with it. */
typedef int empty;
