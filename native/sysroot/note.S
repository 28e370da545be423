/* .note.android.ident: tells the dynamic linker and tools the API level this was built for. */

#ifndef MOBILEGEN_API_LEVEL
#error "define MOBILEGEN_API_LEVEL"
#endif

    .section .note.android.ident, "a", %note
    .balign 4
    .long 8 /* size of the name */
    .long 4 /* size of the description */
    .long 1 /* type: ident */
    .asciz "Android"
    .long MOBILEGEN_API_LEVEL

    .section .note.GNU-stack, "", %progbits
