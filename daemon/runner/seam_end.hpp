#pragma once
// SeamEnd: the runner's end of the seam to vaultd (seam_lines.hpp): one connection, its bytes as
// lines both ways. Nothing waits: a daemon that does not read is told later, and asks nothing more
// until it has read. Owned by a service; its one thread.
#include "daemon/runner/line_buffer.hpp"
#include "daemon/runner/seam_lines.hpp"

#include <array>
#include <poll.h>

namespace vault::runner {

class SeamEnd {
  public:
    // Both are one descriptor for a socket, two for a pair of pipes; they stay the caller's. The
    // hello is the first that is told.
    SeamEnd(int from_daemon, int to_daemon);

    // What to poll for: first whether something has come, then whether something can be told.
    std::array<pollfd, 2> ends() const;
    // What has come. False: the daemon has hung up. Errors: Io; InvalidParams for a line past the
    // limit.
    Result<bool> read();
    // The oldest line that was read; valid until the next read().
    std::optional<std::string_view> next() { return incoming_.next(); }
    void tell(std::string_view line) { outgoing_ += line; }
    // As much as the connection takes. Errors: Io.
    Result<void> write();

  private:
    std::size_t waiting() const { return outgoing_.size() - sent_; }

    int from_;
    int to_;
    LineBuffer incoming_{kSeamLineMost};
    std::string outgoing_;
    std::size_t sent_ = 0;
};

}  // namespace vault::runner
