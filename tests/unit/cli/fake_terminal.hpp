#pragma once
// A terminal of a test: what is written is kept, size and variables are the test's to set. call()
// runs a whole command line against a FakeServer, or against no daemon at all. One thread.
#include "cli/command/run.hpp"
#include "tests/unit/cli/fake_server.hpp"

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace vault::test {

struct FakeTerminal final : command::Terminal {
    bool write(std::string_view text) override {
        if (broken) return false;
        out += text;
        screen += text;
        return true;
    }
    void note(std::string_view text) override {
        err += text;
        screen += text;
    }
    std::optional<std::string> ask(std::string_view) override { return answer; }
    std::string variable(const char* name) const override {
        const auto found = variables.find(name);
        return found == variables.end() ? "" : found->second;
    }
    std::optional<Size> size() const override { return window; }
    bool stdout_is_terminal() const override { return window.has_value(); }
    bool stderr_is_terminal() const override { return live; }
    std::string directory() const override { return "/here"; }

    std::string out, err;
    std::string screen;  // both, in order
    bool broken = false;
    bool live = false;           // stderr is a terminal
    std::optional<Size> window;  // set: stdout is a terminal
    std::optional<std::string> answer;
    std::map<std::string, std::string> variables;
};

struct Ran {
    int code;
    std::string out, err;
};

inline Ran call(const FakeServer* server, const std::string& line, FakeTerminal terminal = {}) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    terminal.variables["VAULTCTL_SOCKET"] =
        server == nullptr ? "/nonexistent/vaultd.sock" : server->path();
    const int code = command::run(words, terminal);
    return {code, terminal.out, terminal.err};
}

}  // namespace vault::test
