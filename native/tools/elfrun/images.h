/* Lets a library prepare and classify images. */
#pragma once

#include "elf_image.h"

/* arguments: SIZE CLASSIFY FILES PATH… SAMPLE…, ended by a null pointer.
 *
 * Sample s has its image in the file image.<s> of the current folder: width and height as 32-bit
 * numbers, then width * height times red, green and blue. The SIZE floats that the library makes of
 * it go to input.<s>. If CLASSIFY is 1, the best class goes to class.<s>:
 * its index as a 32-bit number, then its probability as a float.
 */
void run_images(const struct elf_image* library, char** arguments);
