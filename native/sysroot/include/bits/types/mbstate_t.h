/* State of a conversion between multibyte and wide characters: bionic libc/include/bits/mbstate_t.h. */
#pragma once

typedef struct {
    unsigned char __seq[4];
#ifdef __LP64__
    unsigned char __reserved[4];
#endif
} mbstate_t;
