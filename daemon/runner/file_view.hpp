#pragma once
// The file system that a script sees, built in its own mount namespace: the system's programs and
// libraries and the script's folder, all read only, five devices, /proc of its own pid namespace
// where the system gives one, and an empty /tmp of bounded size. Inside this room only; called by
// the init of a sandbox.
#include <cstdint>
#include <string>

namespace vault::runner {

// Empty, or what was refused and why.
std::string make_file_view(const std::string& folder, std::uint64_t tmp_bytes);

}  // namespace vault::runner
