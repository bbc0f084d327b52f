#pragma once
// A daemon of a few lines on a real Unix socket: answers hello and hands every other request to a
// function of the test. One thread of its own; stops when destroyed.
#include "common/protocol/messages.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace vault::test {

// What the server does with a request: bytes to send, or one of these words.
inline const std::string kClose = "close";    // close at once
inline const std::string kSilent = "silent";  // never answer
// At the end of an answer: it is sent, then the connection is closed.
inline const std::string kThenClose = "then close";

class FakeServer {
  public:
    using Handler = std::function<std::string(const protocol::Request&)>;
    explicit FakeServer(Handler handler, std::string hello = {});
    ~FakeServer();
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;

    const std::string& path() const { return path_; }
    std::vector<protocol::Request> requests() const;  // without hello

  private:
    void serve();
    void converse(int fd);

    Handler handler_;
    std::string hello_;
    std::string folder_, path_;
    int listener_ = -1;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::vector<protocol::Request> requests_;
    std::thread thread_;
};

}  // namespace vault::test
