#pragma once
// KrakenEmulator: the built kraken_emulator as a process, which lies beside the test program; and
// its control endpoint. It can be killed and started again at the same place. Owned by the test;
// one thread; what fails aborts the test program.
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace vault::testing {

class KrakenEmulator {
  public:
    // `options` of the program beside --json and its ports: {"--market", "none"}.
    explicit KrakenEmulator(std::vector<std::string> options);
    ~KrakenEmulator();  // kills it
    KrakenEmulator(const KrakenEmulator&) = delete;
    KrakenEmulator& operator=(const KrakenEmulator&) = delete;

    std::string socket_url() const;  // of the public WebSocket
    // A method of the control endpoint with its members as JSON; gives the answer's body.
    std::string drive(std::string_view method, std::string_view members) const;
    // A public call of the API: "/0/public/Ticker?pair=XBTUSD". Not with TLS.
    std::string get(std::string_view target) const;

    void kill();
    void start_again();

  private:
    void start();
    std::string first_line() const;

    std::vector<std::string> options_;
    pid_t pid_ = -1;
    int out_ = -1;               // its standard output
    std::string api_, control_;  // "http://127.0.0.1:8080"
    std::uint16_t api_port_ = 0, control_port_ = 0;
};

}  // namespace vault::testing
