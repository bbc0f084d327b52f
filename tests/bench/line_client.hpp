#pragma once
// A client as bare as can be: one blocking connection, lines out and lines in, so that what is
// timed is the other side. Owned by the program that measures; one thread; a connection that breaks
// ends the program.
#include <cstddef>
#include <string>
#include <string_view>

namespace vault::bench {

// What the clients of the control socket say; the greeting fits any daemon of this protocol.
inline constexpr std::string_view kHello =
    R"({"jsonrpc":"2.0","id":0,"method":"hello","params":{"protocol":{"min":1,"max":1}}})"
    "\n";
// `token`: who calls; empty: nobody. `idem_key`: what changes something needs one; empty: none.
std::string request_line(std::string_view method, std::string_view token,
                         std::string_view idem_key = {});
// A reply that refuses; of the first bytes, without parsing.
bool is_refusal(std::string_view reply);

class LineClient {
  public:
    explicit LineClient(const std::string& socket);
    ~LineClient();
    LineClient(const LineClient&) = delete;
    LineClient& operator=(const LineClient&) = delete;

    // Sends a line and waits for the one that comes back, which holds until the next call.
    std::string_view exchange(std::string_view line);
    // The same, timed: seconds.
    double timed(std::string_view line);

  private:
    int fd_ = -1;
    std::string buffer_;
};

}  // namespace vault::bench
