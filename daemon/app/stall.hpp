#pragma once
// Test-only: a loop that can be made to stand still (VAULT_TESTING builds alone; in others nothing
// is here). While the file named by VAULT_TEST_STALL is there, what is posted to the loop sleeps.
#include <functional>

namespace vault::app {

using PostWork = std::function<void(std::function<void()>)>;

#ifdef VAULT_TESTING
void stall_if_told(const PostWork& post);
#else
inline void stall_if_told(const PostWork&) {}
#endif

}  // namespace vault::app
