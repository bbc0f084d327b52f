// batch: many commands of a file over one connection.
#include "cli/command/file_content.hpp"
#include "cli/command/polling.hpp"
#include "cli/command/secret_input.hpp"
#include "cli/command/shell_words.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace vault::command {
namespace {

using protocol::Failure;
using protocol::Reply;
namespace exits = protocol::exits;

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kFewRows = 3;  // whose primary values fit a cell

struct Step {
    std::size_t line = 0;
    std::string text;
    Invocation invocation;
};

// As much as a batch may have, and a byte more; errno tells why not.
std::optional<std::string> read_some(int fd) {
    std::string text;
    std::array<char, 65536> bytes;
    while (text.size() <= kMaxBytes) {
        const auto got = ::read(fd, bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        if (got == 0) break;
        text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    return text;
}

Result<std::string> contents_of(const std::string& path) {
    const bool from_stdin = path == "-";
    const int fd =
        from_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    auto text = fd < 0 ? std::nullopt : read_some(fd);
    const int number = errno;
    if (fd >= 0 && !from_stdin) ::close(fd);
    if (!text)
        return Error{Errc::Io,
                     fmt::format("{} cannot be read: {}", from_stdin ? "standard input" : path,
                                 std::strerror(number)),
                     "file", "give a file that can be read, or - for standard input"};
    if (text->size() > kMaxBytes)
        return Error{Errc::InvalidParams, "the file has more than 1 MiB", "file", "split it"};
    return std::move(*text);
}

// Output, connection and patience are the batch's own.
Result<void> check_line(const Invocation& line) {
    const Globals& globals = line.globals;
    const Globals plain;
    if (globals.help || is_local(*line.command) || line.command->name == "top" ||
        line.local.contains("follow"))
        return Error{Errc::Usage,
                     fmt::format("{} is no command of a batch", command_name(*line.command)),
                     {},
                     "a batch takes what the daemon does; run the others by themselves"};
    if (globals.format != plain.format || globals.quiet || globals.timeout ||
        !globals.socket.empty() || !globals.token_file.empty() || globals.color != plain.color)
        return Error{Errc::Usage,
                     "-o, --json, --quiet, --timeout, --socket, --token-file and --color stand "
                     "behind batch, not in its lines",
                     {},
                     "for example: vaultctl batch -f FILE --json"};
    return success();
}

Error at_line(std::size_t number, const Error& error) {
    return Error{error.code(), fmt::format("line {}: {}", number, error.message()), error.field(),
                 error.hint()};
}

std::string trimmed(std::string_view line) {
    constexpr std::string_view kBlanks = " \t\r";
    const auto begin = line.find_first_not_of(kBlanks);
    return std::string(line.substr(begin, line.find_last_not_of(kBlanks) + 1 - begin));
}

// Every line is read before the first is run: a slip in the last one must not leave half.
Result<std::vector<Step>> steps_of(const std::string& text, Terminal& terminal) {
    std::vector<Step> steps;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        auto words = shell_words(line);
        if (!words) return at_line(number, words.error());
        if (words.value().empty()) continue;
        if (words.value().front() == "vaultctl") words.value().erase(words.value().begin());
        auto parsed = parse_arguments(words.value(), terminal.directory());
        if (!parsed) return at_line(number, parsed.error());
        if (auto read = read_contents(parsed.value()); !read) return at_line(number, read.error());
        if (const auto fit = check_line(parsed.value()); !fit) return at_line(number, fit.error());
        const auto taken = take_secrets(parsed.value(), terminal, Asking::Never);
        if (!taken) return at_line(number, taken.error());
        steps.push_back({number, trimmed(line), std::move(parsed).value()});
    }
    return steps;
}

class Batch {
  public:
    explicit Batch(Session& session) : session_(session), all_(session.invocation().globals) {}

    // The row of the step, and what came of it.
    json::object run(Step& step) {
        json::object row{{"line", step.line}, {"command", step.text}};
        warnings_.clear();
        Reply reply = carry_out(step);
        int exit = reply.failure ? reply.failure->exit_code() : exits::kDone;
        row["ok"] = exit == exits::kDone;
        row["exit"] = exit;
        if (reply.failure) {
            row["result"] = reply.failure->code;
            row["data"] = nullptr;
            // A question has no key; the session's last one belongs to an earlier line.
            const std::string key =
                step.invocation.command->mutates ? session_.last_idem_key() : std::string();
            row["error"] = render::failure_object(*reply.failure, key);
            failure_line_ = render::failure_line(*reply.failure, key);
        } else {
            std::string result =
                render::primary_value(reply.data, step.invocation.command->primary);
            while (result.ends_with('\n'))
                result.pop_back();
            const auto* list = reply.data.if_array();
            if (list != nullptr && list->size() > kFewRows)
                result = fmt::format("{} rows", list->size());
            std::ranges::replace(result, '\n', ' ');
            exit = exit_of_answer(step.invocation.command->name, reply.data);
            row["ok"] = exit == exits::kDone;
            row["exit"] = exit;
            if (exit != exits::kDone) failure_line_ = fmt::format("vaultctl: {}: no\n", step.text);
            row["result"] = std::move(result);
            warnings_ = std::move(reply.warnings);
            row["data"] = std::move(reply.data);
            row["error"] = nullptr;
        }
        exit_ = exit;
        return row;
    }
    int last_exit() const { return exit_; }
    const std::string& failure_line() const { return failure_line_; }  // of the last that failed
    const std::vector<std::string>& warnings() const { return warnings_; }  // of the last

  private:
    Reply carry_out(Step& step) {
        Invocation& line = step.invocation;
        const Method& command = *line.command;
        CallOptions options{all_.dry_run || line.globals.dry_run, line.globals.idem_key};
        const bool asks = protocol::find_param(command, "confirm") != nullptr;
        if (asks && (line.globals.yes || all_.yes || options.dry_run))
            line.params["confirm"] = true;
        if (options.idem_key.empty() && !all_.idem_key.empty())
            options.idem_key = fmt::format("{}.{}", all_.idem_key, step.line);
        Reply reply = session_.call_in_turn(command.name, line.params, command.mutates, options);
        const bool follow =
            command.long_job && (all_.wait || line.globals.wait) && !options.dry_run;
        if (follow && !reply.failure) await_job(session_, reply);
        return reply;
    }

    Session& session_;
    const Globals& all_;
    int exit_ = exits::kDone;
    std::string failure_line_;
    std::vector<std::string> warnings_;
};

// stderr: what a line warns of and why it failed, each a line that names it. A failure begins as
// every failure does.
void tell(Session& session, const Batch& batch, const Step& step) {
    const std::size_t line = step.line;
    for (const std::string& warning : batch.warnings())
        session.terminal().note(fmt::format("vaultctl: line {}: warning: {}\n", line, warning));
    const Globals& globals = step.invocation.globals;
    if (globals.dry_run && !session.invocation().globals.dry_run)
        session.terminal().note(
            fmt::format("vaultctl: line {}: dry run: nothing was changed\n", line));
    if (batch.last_exit() == exits::kDone) return;
    std::string_view why = batch.failure_line();
    constexpr std::string_view kProgram = "vaultctl: ";
    if (why.starts_with(kProgram)) why.remove_prefix(kProgram.size());
    session.terminal().note(fmt::format("vaultctl: line {}: {}", line, why));
}

// What the lines came to, as one exit code.
int exit_of(std::size_t done, std::size_t all, int last_failure) {
    if (done == all) return exits::kDone;
    if (last_failure == exits::kUnknownOutcome || last_failure == exits::kInterrupted)
        return last_failure;
    return done > 0 ? exits::kPartly : last_failure;
}

}  // namespace

int run_batch(Session& session) {
    const Invocation& asked = session.invocation();
    auto text = contents_of(std::string(asked.params.at("file").get_string()));
    if (!text) return session.fail(text.error());
    auto steps = steps_of(text.value(), session.terminal());
    if (!steps) return session.fail(steps.error());
    const bool keep_going = asked.params.contains("keep_going");
    Batch batch(session);
    json::array rows;
    std::size_t done = 0;
    int failure = exits::kDone;
    for (Step& step : steps.value()) {
        rows.push_back(batch.run(step));
        tell(session, batch, step);
        if (batch.last_exit() == exits::kDone) {
            ++done;
            continue;
        }
        failure = batch.last_exit();
        if (!keep_going || failure == exits::kInterrupted) break;
    }
    const std::size_t all = steps.value().size();
    if (done < all)
        session.terminal().note(
            fmt::format("vaultctl: {} of {} lines done, {} failed, {} not "
                        "run\n",
                        done, all, rows.size() - done, all - rows.size()));
    if (asked.globals.dry_run) session.tell_dry_run();
    Reply reply;
    reply.data = std::move(rows);
    const int printed = session.show("batch", "result", reply, done == all);
    return printed == exits::kDone ? exit_of(done, all, failure) : printed;
}

}  // namespace vault::command
