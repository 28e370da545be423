/* Opens a model with the functions of a library. */
#pragma once

#include "../../include/mobilegen/engine.h"
#include "elf_image.h"

/* arguments: FILES PATH…, as main.c describes them. Ends the program if the model cannot be opened;
 * returns the argument after them.
 */
char** open_model(const struct elf_image* library, char** arguments, int threads,
                  mobilegen_engine** model);
