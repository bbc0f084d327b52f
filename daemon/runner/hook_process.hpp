#pragma once
// HookProcess: one run of the operator's own program: not shut in, as whoever runs the runner, in a
// session of its own, with a clean environment and no descriptor but its input and output. Owned by
// HookService; one thread. Its destructor ends the process and what is left of its session.
#include "daemon/runner/line_buffer.hpp"
#include "daemon/runner/pipe.hpp"

#include <sys/types.h>
#include <vector>

namespace vault::runner {

class HookProcess {
  public:
    // A program that cannot be executed ends with code 127 and says why. Errors: Io.
    static Result<HookProcess> start(const std::vector<std::string>& command, std::string input);
    HookProcess(HookProcess&& other) noexcept;
    HookProcess& operator=(HookProcess&&) = delete;
    ~HookProcess();

    // What to poll for; -1: nothing is left to write, or to read.
    int input_fd() const { return input_.get(); }
    int output_fd() const { return output_.get(); }
    int end_fd() const { return end_.get(); }  // readable once it has ended
    // Writes and reads what can be without waiting.
    void serve();
    bool has_ended() const;
    // Once it has ended; empty: with code 0. Else "exit code 3: " and the last lines that it
    // printed, at most kSaidMost bytes, parted by "; ".
    std::string problem();

  private:
    static constexpr std::size_t kSaidMost = 256;
    HookProcess(std::string input, Pipe in, Pipe out);
    void write();
    bool read();  // false: nothing more for now
    void note_line(std::string_view line);

    std::string to_write_;
    std::size_t written_ = 0;
    Descriptor input_, output_, end_;
    pid_t pid_ = 0;
    LineBuffer lines_{kSaidMost};
    std::string said_;
};

}  // namespace vault::runner
