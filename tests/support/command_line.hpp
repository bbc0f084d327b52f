#pragma once
// Reads the command line of a program of the tests: every name in full, no guessing, no
// word besides. Errors: Usage, with what is wrong.
#include "common/base/result.hpp"

#include <boost/program_options.hpp>

namespace vault::test {

// Into the variables that `options` was described with.
inline Result<void> read_command_line(const boost::program_options::options_description& options,
                                      int argc, char** argv) {
    namespace po = boost::program_options;
    try {
        po::variables_map values;
        const int style = po::command_line_style::default_style &
                          ~static_cast<int>(po::command_line_style::allow_guessing);
        const auto parsed = po::command_line_parser(argc, argv).options(options).style(style).run();
        for (const po::option& each : parsed.options)
            if (each.position_key >= 0)
                return Error{Errc::Usage, "'" + each.value.front() + "' belongs to no option"};
        po::store(parsed, values);
        po::notify(values);
    } catch (const po::error& error) {
        return Error{Errc::Usage, error.what()};
    }
    return success();
}

}  // namespace vault::test
