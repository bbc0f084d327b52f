#include "common/base/log.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace vault {
namespace {

int priority_of(LogLevel level) {
    switch (level) {
        case LogLevel::Debug: return 7;
        case LogLevel::Info: return 6;
        case LogLevel::Notice: return 5;
        case LogLevel::Warning: return 4;
        case LogLevel::Error: return 3;
        case LogLevel::Alert: return 1;
    }
    return 6;
}

// One event is one line: text from outside must not be able to start another.
std::string one_line(std::string_view message) {
    std::string line{message};
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return line;
}

}  // namespace

void StderrLogger::log(LogLevel level, std::string_view event, std::string_view message) {
    if (level < lowest_) return;
    const std::string line =
        fmt::format("<{}>{}: {}\n", priority_of(level), event, one_line(message));
    const std::lock_guard lock{mutex_};
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
}

}  // namespace vault
