#pragma once
// Logging facade: one line per event to the sink that main() chose. Rooms get a Logger reference
// through their constructor. `event` is a stable lower_snake name, `message` is for a person.
// Sinks must be thread-safe; StderrLogger is.
#include <atomic>
#include <mutex>
#include <string_view>

namespace vault {

enum class LogLevel { Debug, Info, Notice, Warning, Error, Alert };

class Logger {
  public:
    virtual ~Logger() = default;
    virtual void log(LogLevel level, std::string_view event, std::string_view message) = 0;
};

// Writes "<n>event: message" with the sd-daemon priority prefix that journald understands.
class StderrLogger final : public Logger {
  public:
    explicit StderrLogger(LogLevel lowest) : lowest_(lowest) {}
    void log(LogLevel level, std::string_view event, std::string_view message) override;
    // Any thread; events that are being written are not held back.
    void set_lowest(LogLevel lowest) { lowest_ = lowest; }

  private:
    std::atomic<LogLevel> lowest_;
    std::mutex mutex_;
};

class NullLogger final : public Logger {
  public:
    void log(LogLevel, std::string_view, std::string_view) override {}
};

}  // namespace vault
