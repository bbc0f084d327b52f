#pragma once
// A file that appears under its name only when it is whole and on the disk. A symbolic link stays
// one: what it leads to is written. A device or a pipe is written as it stands, never replaced.
// Owned by the command that writes; one thread. What was not finished is gone with the object.
// Errors: Io.
#include "common/base/result.hpp"

#include <string>
#include <string_view>

namespace vault::command {

class AtomicFile {
  public:
    explicit AtomicFile(std::string path) : path_(std::move(path)) {}
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    Result<void> open();
    Result<void> write(std::string_view text);
    Result<void> finish();

  private:
    Error fault() const;

    std::string path_;
    std::string part_;  // empty: path_ itself is written
    int fd_ = -1;
};

// The whole text under that name, or nothing.
Result<void> write_whole(const std::string& path, std::string_view text);

}  // namespace vault::command
