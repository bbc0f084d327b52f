// One libFuzzer program per entry; VAULT_FUZZ_ENTRY names it.
#include "tests/fuzz/entries.hpp"

#include <cstddef>
#include <cstdint>

// Short stacks of allocations and a small quarantine: half of the time went there. A variable
// ASAN_OPTIONS still has the last word.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "malloc_context_size=4:quarantine_size_mb=16:thread_local_quarantine_size_kb=64:"
           "detect_stack_use_after_return=0";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    vault::fuzz::VAULT_FUZZ_ENTRY({reinterpret_cast<const char*>(data), size});
    return 0;
}
