// top: the live picture on a terminal, one printed picture with --once, or the document itself.
#include "cli/command/session.hpp"
#include "cli/top/live.hpp"
#include "cli/top/subscribed_source.hpp"
#include "common/base/clock.hpp"
#include "common/protocol/validate.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

using protocol::Params;
using render::Format;

constexpr Duration kInterval{1000};
constexpr Duration kShortestInterval{250};

Result<Duration> interval_of(const Params& local) {
    const Duration interval = local.duration("interval").value_or(kInterval);
    if (interval >= kShortestInterval) return interval;
    return Error{Errc::InvalidParams, "interval: " + format_duration(interval) + " is too short",
                 "interval", "at least " + format_duration(kShortestInterval)};
}

top::Page page_of(const Params& local) {
    for (int i = 0; i < top::kPages; ++i)
        if (local.is_word("view", top::name_of(static_cast<top::Section>(i))))
            return static_cast<top::Page>(i);
    return top::Page::Vaults;
}

int print_picture(Session& session, const top::ViewState& state, const json::object& document) {
    const auto window = session.terminal().size();
    top::Canvas canvas{.ascii = !speaks_utf8(session.terminal()), .still = true};
    if (window) canvas.width = window->columns;
    if (window) canvas.height = window->rows - 1;  // the prompt that follows
    top::RateMeter meter;
    meter.feed(document);
    std::string text;
    for (const top::Line& line :
         top::draw({&document, meter.rates(), {}, kInterval}, state, canvas))
        text += top::plain_text(line) + '\n';
    text.erase(text.find_last_not_of('\n') + 2);
    return session.print(text);
}

// Lists are for one kind of row: the view's.
int print_document(Session& session, const top::ViewState& state, protocol::Reply reply) {
    const Globals& globals = session.invocation().globals;
    const bool is_list = globals.format == Format::Csv || globals.format == Format::Plain;
    if (is_list && !globals.quiet && reply.data.is_object()) {
        const std::string_view section = top::name_of(top::section_of(state.page));
        json::value rows = reply.data.at(section);
        reply.data = std::move(rows);
        return session.show(fmt::format("top.{}", section), {}, reply, true);
    }
    return session.succeed("top", session.invocation().command->primary, reply);
}

int run_top(Session& session, const top::ViewState& state, Duration interval, json::object first) {
    const SystemClock clock;
    const auto token = session.credentials().token_for("sub.open");
    if (!token) return session.fail(token.error());
    top::SubscribedSource source(
        {session.socket_path(), "vaultctl " + program_version(), interval, token.value()}, clock);
    top::LiveOptions options;
    options.params = session.invocation().params;
    options.state = state;
    options.interval = interval;
    options.decorated = session.decorated();
    options.ascii = !speaks_utf8(session.terminal());
    const auto code = top::run_live(options, source, std::move(first), clock);
    return code ? code.value() : session.fail(code.error());
}

}  // namespace

int show_top(Session& session) {
    const Invocation& asked = session.invocation();
    protocol::Method local_method;
    local_method.params = local_flags(*asked.command);
    if (const auto fine = protocol::validate_params(local_method, asked.local); !fine)
        return session.fail(fine.error());
    const Params local(asked.local);
    const auto interval = interval_of(local);
    if (!interval) return session.fail(interval.error());
    const Format format = asked.globals.format;
    const bool picture = format == Format::Table || format == Format::Wide;
    const bool document = !picture || asked.globals.quiet;
    const bool once = document || local.flag("once");
    Terminal& terminal = session.terminal();
    if (!once && (!terminal.stdout_is_terminal() || terminal.variable("TERM") == "dumb"))
        return session.fail(Error{Errc::Usage,
                                  "top needs a terminal that it can draw on",
                                  {},
                                  "print one picture with: vaultctl top --once"});
    top::ViewState state;
    state.page = page_of(local);
    state.orders[0] = top::order_from(asked.params);
    protocol::Reply reply = session.call_in_turn("top", asked.params, false);
    if (reply.failure) return session.fail(*reply.failure);
    if (document) return print_document(session, state, std::move(reply));
    if (!reply.data.is_object())
        return session.fail(Error{Errc::Internal, "the daemon's answer is no object"});
    if (once) return print_picture(session, state, reply.data.get_object());
    session.hang_up();
    return run_top(session, state, interval.value(), std::move(reply.data.get_object()));
}

}  // namespace vault::command
