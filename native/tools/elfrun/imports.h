/* The functions of Android's libraries that elfrun provides. */
#pragma once

/* Address of the function or variable of that name, or null. */
void* import_find(const char* name);
