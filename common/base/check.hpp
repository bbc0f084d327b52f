#pragma once
// VAULT_CHECK(condition, message): for our own faults only, never for input. Always compiled in; it
// prints the place and the message to stderr and aborts. Start-up recovery is the way back.

namespace vault {

[[noreturn]] void check_failed(const char* condition, const char* message, const char* file,
                               int line);

}  // namespace vault

#define VAULT_CHECK(condition, message)                                       \
    do {                                                                      \
        if (!(condition)) [[unlikely]]                                        \
            ::vault::check_failed(#condition, (message), __FILE__, __LINE__); \
    } while (false)
