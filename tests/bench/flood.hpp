#pragma once
// A flood of the control socket: several connections on which requests are sent at a given rate
// without waiting for answers, from a thread of its own. Answers are counted and thrown away. What
// the daemon does not take in stays in a bounded queue here, and is then neither offered nor
// counted. Owned by the program that measures; a connection that the daemon closes is not replaced.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace vault::bench {

struct FloodShape {
    std::string method;  // one without parameters that changes nothing
    std::string token;   // who calls
    std::size_t connections = 8;
    double per_second = 10'000;  // over all of them
};

struct FloodCount {
    double seconds = 0;
    double offered = 0;   // requests that the daemon's sockets took
    double answered = 0;  // refusals included
    double refused = 0;
    std::size_t closed = 0;  // connections that the daemon ended
};

class Flood {
  public:
    Flood(const std::string& socket, FloodShape shape);
    ~Flood();  // stops it
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;

    // What went over the connections since it was started.
    FloodCount stop();

  private:
    struct Link;
    void run();
    void pour(Link& link);
    void write_some(Link& link);
    void read_some(Link& link);
    void ended(Link& link);

    FloodShape shape_;
    std::string line_;
    std::vector<Link> links_;
    FloodCount count_;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

}  // namespace vault::bench
