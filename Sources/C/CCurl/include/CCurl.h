// Debian's libcurl, as a module. `curl_easy_setopt` and `curl_easy_getinfo` are variadic, which Swift cannot call:
// the functions below give each kind of argument a name.
#pragma once
#include <curl/curl.h>

CURLcode doorstep_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode doorstep_curl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode doorstep_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode doorstep_curl_set_list(CURL *handle, struct curl_slist *value);
CURLcode doorstep_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
typedef size_t (*doorstep_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
CURLcode doorstep_curl_set_transfer(CURL *handle, CURLoption option, doorstep_curl_transfer value);
// Called at least once a second while a request is under way; an answer other than 0 ends it.
typedef int (*doorstep_curl_progress)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
CURLcode doorstep_curl_set_progress(CURL *handle, doorstep_curl_progress value);
long doorstep_curl_response_code(CURL *handle);
