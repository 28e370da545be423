/* Origins of a seek, shared by stdio.h, unistd.h and fcntl.h. */
#pragma once

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
