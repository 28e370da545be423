/* Memory of the present stack frame. */
#pragma once

#define alloca(size) __builtin_alloca(size)
