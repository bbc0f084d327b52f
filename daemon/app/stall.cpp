#include "daemon/app/stall.hpp"

#ifdef VAULT_TESTING
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace vault::app {

void stall_if_told(const PostWork& post) {
    static const char* const file = std::getenv("VAULT_TEST_STALL");
    if (file == nullptr || !std::filesystem::exists(file)) return;
    post([] {
        while (std::filesystem::exists(file))
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
    });
}

}  // namespace vault::app
#endif
