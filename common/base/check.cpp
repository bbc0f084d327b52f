#include "common/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace vault {

void check_failed(const char* condition, const char* message, const char* file, int line) {
    std::fprintf(stderr, "<0>check failed: %s (%s) at %s:%d\n", message, condition, file, line);
    std::fflush(stderr);
    std::abort();
}

}  // namespace vault
