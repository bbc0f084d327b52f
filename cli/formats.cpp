// The parts of fmt that the rooms call, compiled in: Debian has libfmt as a shared library only,
// and vaultctl is linked statically. Including the implementation once, outside header-only mode,
// is what fmt's own source file does; the instantiations are the ones that its headers declare
// extern.
#include <fmt/format-inl.h>

#include <locale>

template fmt::detail::locale_ref::locale_ref(const std::locale&);
template std::locale fmt::detail::locale_ref::get<std::locale>() const;
template void fmt::detail::buffer<char>::append(const char*, const char*);
template void fmt::detail::vformat_to(fmt::detail::buffer<char>&, fmt::string_view,
                                      fmt::basic_format_args<FMT_BUFFER_CONTEXT(char)>,
                                      fmt::detail::locale_ref);
template fmt::detail::thousands_sep_result<char> fmt::detail::thousands_sep_impl(
    fmt::detail::locale_ref);
template char fmt::detail::decimal_point_impl(fmt::detail::locale_ref);
