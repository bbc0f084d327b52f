#pragma once
// Screen: a terminal taken over for a while: alternate screen, no echo, keys one by one. Whatever
// ends the program gives it back: the destructor, and for a crash a handler of the fatal signals.
// Signals that end or stop a program are blocked while it lives and read from signals(), so that
// the owner decides. One at a time; one thread.
#include "common/base/result.hpp"

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vault::top {

class Screen {
  public:
    // Errors: Usage if one of both is no terminal that can be taken over.
    static Result<std::unique_ptr<Screen>> open(int in, int out);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    struct Size {
        int columns = 80, rows = 24;
    };
    Size size() const;

    // Writes only lines that differ from what is there, in one go. False: the terminal is gone.
    bool show(const std::vector<std::string>& lines);
    // The next show() draws everything: the terminal was resized or used by others.
    void forget() { shown_.clear(); }

    // Gives the terminal back, stops the program as Ctrl-Z does, and takes it over again when it
    // goes on.
    void stop();

    int in() const { return in_; }
    int signals() const { return signal_fd_; }
    // The next pending signal; none if there is none.
    std::optional<int> next_signal() const;

  private:
    Screen(int in, int out) : in_(in), out_(out) {}
    void enter();
    void leave();
    bool write(std::string_view text) const;

    int in_, out_;
    int signal_fd_ = -1;
    sigset_t before_{};
    std::vector<std::string> shown_;
};

}  // namespace vault::top
