/* A library that lies beside the stand-in; without its constructor it ends the process. */
static int constructed;

__attribute__((constructor)) static void construct(void) { constructed = 1; }

__attribute__((visibility("default"))) void function_of_no_android(void) {
  if (!constructed) *(volatile int*)0 = 0;
}
