#pragma once
// Session: one invocation at work. It connects when the first call is made, gives mutations their
// idempotency key, prints results and failures in the chosen format and turns them into exit codes.
// The commands with behaviour of their own (export, follow, chart, version, api call) are functions
// over a Session. One thread.
#include "cli/client/client.hpp"
#include "cli/command/arguments.hpp"
#include "cli/command/credentials.hpp"
#include "cli/command/terminal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vault::command {

std::string program_version();  // "0.1.0"

// Of a mutation.
struct CallOptions {
    bool dry_run = false;
    std::string idem_key;  // empty: a new one
};

class Session {
  public:
    Session(const Invocation& invocation, Terminal& terminal);

    // As whoever is signed in. A session that has ended is forgotten, and where the second factor
    // is asked for and somebody sits at the terminal, it is shown and the call made again. A failed
    // connection is a failed reply with effect none.
    protocol::Reply call(std::string_view method, json::object params, bool mutates);
    protocol::Reply call(std::string_view method, json::object params, bool mutates,
                         const CallOptions& options);
    // The same for commands of many calls: one that came too soon (RATE_LIMITED, nothing was done)
    // is made again when the daemon takes it.
    protocol::Reply call_in_turn(std::string_view method, const json::object& params, bool mutates,
                                 const CallOptions& options = {});
    // Prints and gives the exit code. `method` names schema and columns, `primary` what --quiet
    // shows.
    int succeed(std::string_view method, std::string_view primary, const protocol::Reply& reply);
    // `ok` as the JSON document says it; the exit code tells only whether it could be printed.
    int show(std::string_view method, std::string_view primary, const protocol::Reply& reply,
             bool ok);
    int fail(const protocol::Failure& failure);
    int fail(const Error& error) {
        return fail(protocol::Failure::from(error, protocol::Effect::None));
    }
    int print(std::string_view text);  // 0, or 74 if stdout is broken
    // To the file that --out names, whole or not at all; without one the same as print().
    int put(std::string_view text);
    // What --out names; empty if it is not given or names standard output.
    std::string out_path() const;
    // For a page that is kept: "generated at 2026-01-05 07:30:00 UTC by vaultctl 0.1.0".
    static std::string made_now();
    // On stderr, after a mutation with --dry-run.
    void tell_dry_run();

    // True if the output may carry colour and bold type: a terminal, never a file of --out.
    bool decorated() const;
    // Opens the connection that calls and subscriptions use, if there is none; drop() closes it.
    Result<void> connect();
    void drop() { client_.reset(); }

    Credentials& credentials() { return credentials_; }
    const Invocation& invocation() const { return invocation_; }
    Terminal& terminal() { return terminal_; }
    std::string socket_path() const;
    client::Client* daemon() { return client_ ? &*client_ : nullptr; }
    const std::string& last_idem_key() const { return idem_key_; }  // of a mutation
    void hang_up() { client_.reset(); }                             // the next call connects anew

  private:
    client::Options client_options() const;
    std::string token_file() const;  // "": none is named
    void tell_refused_config(const json::value& data);
    Result<void> reach();  // as connect(), but hello may wait for the first call
    protocol::Reply call_patiently(const protocol::Request& request, bool changes);
    protocol::Reply call_once(const protocol::Request& request, bool changes);
    protocol::Reply call_with_code(protocol::Request request, bool changes,
                                   protocol::Reply refused);
    protocol::Reply login_with(protocol::Request& request, const Secret& code);
    protocol::Reply show_factor(const Secret& code);
    void settle(const protocol::Request& request, protocol::Reply& reply);
    void end_replaced();

    const Invocation& invocation_;
    Terminal& terminal_;
    Credentials credentials_;  // outlives the client, which shows them
    std::optional<client::Client> client_;
    std::string idem_key_;  // of the last mutation
};

// What the data of health, ledger.verify and the like comes to: 0, or the exit code of "no".
int exit_of_answer(std::string_view method, const json::value& data);

// A call that came too soon; how long to wait before the next.
bool is_too_soon(const protocol::Reply& reply);
Duration pause_after(const protocol::Failure& failure);

int call_and_print(Session& session);
int export_ledger(Session& session);
int follow_job(Session& session);  // --wait of a long job
int wait_for_job(Session& session);
int wait_for_state(Session& session);
int run_batch(Session& session);
struct ChartKind;                   // chart_series.hpp
int show_events(Session& session);  // list or --follow
int show_chart(Session& session, const ChartKind& kind);
int show_price_chart(Session& session);
int show_top(Session& session);
int show_version(Session& session);
int show_doctor(Session& session);
int check_config(Session& session);
int check_script(Session& session);
int api_call(Session& session);
int show_errors(Session& session);
// Before a command that takes secrets: from their files, or from whoever sits at the terminal.
std::optional<protocol::Failure> ask_for_secrets(Session& session, Invocation& invocation);
int log_in(Session& session);
int log_out(Session& session);
int create_user(Session& session);
int enroll_factor(Session& session);
int create_token(Session& session, Invocation& invocation);
int escrow_master_key(Session& session, Invocation& invocation);

}  // namespace vault::command
