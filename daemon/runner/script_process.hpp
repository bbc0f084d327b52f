#pragma once
// ScriptProcess: one run of a script: its process in the sandbox and our ends of its pipes. It
// reads and writes without waiting and knows nothing of ticks. Owned by the supervisor's record of
// the script; one thread. Its destructor ends the process and all that belongs to it.
#include "daemon/runner/line_buffer.hpp"
#include "daemon/runner/pipe.hpp"
#include "daemon/runner/sandbox.hpp"

namespace vault::runner {

class ScriptProcess {
  public:
    // Errors: PermissionDenied (sandbox.hpp), Io.
    static Result<ScriptProcess> start(const ports::ScriptSpec& spec);
    ScriptProcess(ScriptProcess&& other) noexcept;
    ScriptProcess& operator=(ScriptProcess&&) = delete;
    ~ScriptProcess();

    void send(std::string_view line) { outgoing_ += line; }
    bool has_outgoing() const { return sent_ < outgoing_.size(); }
    std::size_t outgoing() const { return outgoing_.size() - sent_; }
    // As much as the pipe takes. False: nobody reads it any more.
    bool flush();
    // Reads what is there, at most `most` bytes. False: the other end is closed.
    bool read_answers(std::size_t most) { return read(answers_end_, answers, most); }
    bool read_errors(std::size_t most) { return read(errors_end_, errors, most); }
    bool read_report() { return read(report_end_, report, kReportMost); }

    LineBuffer answers, errors, report;

    pid_t pid() const { return pid_; }
    int input_fd() const { return input_.get(); }
    int answers_fd() const { return answers_end_.get(); }
    int errors_fd() const { return errors_end_.get(); }  // -1 once closed, as is that of the report
    int report_fd() const { return report_end_.get(); }
    // "exit code 3", "signal 9"; empty while it runs.
    std::string ending();

  private:
    static constexpr std::size_t kReportMost = 4096;
    ScriptProcess();
    static bool read(Descriptor& from, LineBuffer& into, std::size_t most);

    Descriptor input_, answers_end_, errors_end_, report_end_;
    pid_t pid_ = 0;
    std::string ending_;
    std::string outgoing_;
    std::size_t sent_ = 0;
};

}  // namespace vault::runner
