#include "daemon/app/last_batch.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace vault::app {
namespace {

constexpr const char* kFormat = "vault-last-batch/1";

}  // namespace

std::string LastBatch::seen_beyond(std::uint64_t batch) const {
    std::ifstream in{path_};
    if (!in) return {};
    std::string format;
    std::uint64_t seen = 0;
    if (!(in >> format >> seen) || format != kFormat) {
        logger_.log(LogLevel::Warning, "last_batch",
                    fmt::format("{} is not readable: an older store would not be noticed", path_));
        return {};
    }
    if (batch == 0 || seen <= batch) return {};
    return fmt::format(
        "the store ends at batch {}, but vaultd had brought it to batch {}: an older "
        "copy was put in its place",
        batch, seen);
}

void LastBatch::note(std::uint64_t batch) {
    if (batch == noted_) return;
    noted_ = batch;
    const std::string draft = path_ + ".new";
    std::ofstream out{draft, std::ios::trunc};
    out << kFormat << ' ' << batch << '\n';
    out.close();
    std::error_code failed;
    if (out) std::filesystem::rename(draft, path_, failed);
    if (!out || failed)
        logger_.log(LogLevel::Warning, "last_batch", fmt::format("{} cannot be written", path_));
}

}  // namespace vault::app
