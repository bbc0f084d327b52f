#pragma once
// The baseline of a round trip: what Asio alone makes of a Unix socket. It takes lines and answers
// each with the same line of a given size. A child process, so that it is scheduled as a daemon is;
// ends with its owner.
#include <string>
#include <sys/types.h>

namespace vault::bench {

class EchoServer {
  public:
    // Listens at `path` when it returns; the reply has `reply_bytes`, line feed included.
    EchoServer(const std::string& path, std::size_t reply_bytes);
    ~EchoServer();
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;

  private:
    pid_t pid_ = -1;
};

}  // namespace vault::bench
