#pragma once
// Script: a story that the emulator plays by itself. Each step is one method of the control
// endpoint, at a time after the start or after the n-th event of a kind; README.md has the form.
// Steps that are due at once are taken in the order in which they became so, which is that of the
// file for those at a time. The same seed, script and requests give the same story. One thread.
#include "common/base/result.hpp"
#include "tests/emulator/kraken/exchange/event.hpp"
#include "tests/emulator/kraken/faults/aim.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::kraken_emulator {

class Script {
  public:
    struct Step {
        std::size_t number = 0;  // in its file, from 1
        std::string method{};
        boost::json::object with{};  // its members
        Span wait{};                 // behind its event
    };

    Script() = default;
    // Times count from `start`. Errors: InvalidParams, with the file and the step.
    static Result<Script> parse(std::string_view text, std::string file, Moment start);

    // Whether steps wait for events, so that somebody has to name them.
    bool listens() const { return !waiting_.empty(); }
    void saw(std::string_view event, Moment now);
    std::optional<Moment> next() const;
    // The next one; there has to be one.
    Step take();
    // What went wrong with that step, which ends the script.
    Error ended_by(const Step& step, const Error& error);

  private:
    struct Waiting {
        Aim event;
        Step step;
    };
    Result<void> read(const boost::json::object& object, std::size_t number, Moment start);

    std::string file_;
    std::multimap<Moment, Step> due_;
    std::vector<Waiting> waiting_;
};

}  // namespace vault::kraken_emulator
