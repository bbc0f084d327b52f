#pragma once
// Descriptors with an owner, and pipes of them, closed on exec. Inside this room only.
#include "common/base/result.hpp"

#include <utility>

namespace vault::runner {

// A descriptor that is closed with its owner.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() { close(); }
    void close();
    int get() const { return fd_; }
    bool open() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

struct Pipe {
    Descriptor read, write;
};
// Errors: Io.
Result<Pipe> make_pipe();

// Reading and writing it answers at once.
void never_wait(int fd);

}  // namespace vault::runner
