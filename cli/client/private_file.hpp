#pragma once
// Files that only their owner may read: the session of `login`, the token of a robot. They are
// checked on the open descriptor, so that nothing can be put in their place between, and written
// beside their place and renamed, so that a reader finds a whole one or none. Values; one thread.
// Errors: PermissionDenied for a file that others can read or that somebody else owns, which is
// never used; NotFound, Io. None of them tells what is in the file.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

#include <string>
#include <sys/types.h>

namespace vault::client {

inline constexpr int kHere = -100;  // AT_FDCWD: names are paths

class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();
    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

  private:
    int fd_;
};

// What the file is called in messages, and what to do about one that cannot be used.
struct PrivateName {
    int folder = kHere;       // open folder that `name` is in
    std::string name;         // of the file, or its path
    std::string path;         // for messages
    std::string what;         // "session file"
    std::string hint;         // what to do about one that is not used
    bool may_link = false;    // follows a symbolic link
    bool credential = false;  // of systemd: root's, and readable by the group that its list means
    bool never_replaces = false;  // writing: what is there stays, whatever it is
};

Result<Secret> read_private(const PrivateName& file);

// A file of mode 0600 that is there under its name once commit() has succeeded. What was not
// committed is gone with the object.
class PrivateWriter {
  public:
    static Result<PrivateWriter> open(PrivateName file);
    PrivateWriter(PrivateWriter&&) = default;
    PrivateWriter& operator=(PrivateWriter&&) = delete;
    ~PrivateWriter();

    Result<void> commit(const Secret& bytes);

  private:
    PrivateWriter(PrivateName file, std::string fresh, Descriptor out)
        : file_(std::move(file)), fresh_(std::move(fresh)), out_(std::move(out)) {}

    PrivateName file_;
    std::string fresh_;  // beside `name`; empty once it has been renamed
    Descriptor out_;
};

// The folder, made with mode 0700 if it is not there. Errors as above.
Result<Descriptor> private_folder(const std::string& path, const std::string& hint);
// The same without making it; a descriptor that is not open if it is not there.
Result<Descriptor> find_private_folder(const std::string& path, const std::string& hint);

// The bytes with more behind them; neither is wiped.
Secret joined(std::string_view first, std::string_view second);

}  // namespace vault::client
