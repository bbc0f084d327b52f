#pragma once
// Clients as bare as can be, so that what is measured is the other side: a WebSocket and an HTTP
// connection that is kept alive, on plain sockets that do not block, without a library of the
// server's. Owned by the load; one thread; a connection that breaks ends the program.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vault::emulator_load {

// Bytes in and out.
class Line {
  public:
    explicit Line(std::uint16_t port);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    int fd() const { return fd_; }
    // Sends what the kernel takes, now and with each flush().
    void put(std::string_view bytes);
    void flush();
    // What came in since; without waiting.
    void read_some();
    // Until something came in.
    void wait();

  protected:
    std::string in_;
    std::size_t at_ = 0;  // of in_: what is read already
    void forget_read();

  private:
    int fd_ = -1;
    std::string out_;
};

class WebSocket : public Line {
  public:
    WebSocket(std::uint16_t port, std::string_view path);
    void send(std::string_view text);
    // The next whole message that is there; it holds until the next call.
    std::optional<std::string_view> next();
    // Waits for it.
    std::string_view await();

  private:
    struct Frame {
        std::size_t size = 0;  // with its head
        bool last = false;     // of its message
        int kind = 0;
        std::string_view body;
    };
    static Frame frame_at(std::string_view all);

    std::string message_;
    bool taken_ = false;  // message_ was returned
};

class HttpLine : public Line {
  public:
    using Line::Line;
    // `headers`: whole lines, each with its end.
    void post(std::string_view path, std::string_view headers, std::string_view body);
    // The body of the next whole reply that is there; it holds until the next call. Any status but
    // 200 ends the program.
    std::optional<std::string_view> next();
    // Sends, and waits for the reply.
    std::string_view ask(std::string_view path, std::string_view headers, std::string_view body);
};

}  // namespace vault::emulator_load
