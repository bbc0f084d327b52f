#pragma once
// What --out names. A file appears under its name only when it is whole and on the disk; what was
// not finished is gone with the object. A file that is replaced keeps its mode and owner, a new one
// has what the umask leaves of 0666. A symbolic link stays one: what it leads to is written, also
// if that does not exist yet. A descriptor that the caller opened (/dev/stdout, /dev/fd/3) is
// written where it stands; a device or a pipe as it is, never replaced. A pipe that nobody reads is
// waited for, not longer than ten seconds. Owned by the command that writes; one thread.
// Errors: Io, of the field "out".
#include "common/base/result.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>

struct stat;

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
    Result<void> open_descriptor(int number);
    Result<void> open_special(const struct stat& there);
    Result<void> open_part();
    Result<void> name_part();
    Result<void> follow_links();
    Result<void> keep_owner(const struct stat& there);
    Error fault(int number) const;
    Error refused(std::string_view why, std::string hint) const;

    std::string path_;
    std::string target_;  // behind all links
    std::string part_;    // empty: what is open is written as it is
    mode_t mode_ = 0;     // of the finished file
    bool named_ = false;  // part_ is there under its name
    int fd_ = -1;
};

// The whole text under that name, or nothing.
Result<void> write_whole(const std::string& path, std::string_view text);

// The name of a descriptor, a device or standard output ("-"), which has no ending that says a
// format.
bool is_special_name(std::string_view path);

}  // namespace vault::command
