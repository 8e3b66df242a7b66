#!/bin/sh
# Installs what the tests against a real model server need into a virtual environment.
# llama-cpp-python has no wheels: it is compiled here, about 3 minutes the first time; pip keeps the wheel it built.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 PYTHON    (the virtual environment's python)" >&2
    exit 2
fi
python=$1
version=0.3.36
usable="import llama_cpp.server.app, gguf, numpy; assert llama_cpp.__version__ == '$version', llama_cpp.__version__"

if "$python" -c "$usable" 2>/dev/null; then
    echo "llama-cpp-python $version, gguf and numpy are installed already"
    exit 0
fi

compiler=
for name in ${CXX:-c++ g++ clang++}; do
    if command -v "$name" >/dev/null 2>&1; then
        compiler=$name
        break
    fi
done
if [ -z "$compiler" ]; then
    echo "no C++ compiler: looked for ${CXX:-c++ g++ clang++}. llama-cpp-python has no wheels and is compiled from source." >&2
    echo "Install one (Debian: g++, Fedora: gcc-c++, macOS: xcode-select --install) or name yours in CXX." >&2
    exit 1
fi

echo "building llama-cpp-python: about 3 minutes with $compiler, or seconds when pip has kept the wheel"
begun=$(date +%s)
# The smallest build that serves: no native tuning, no OpenMP, no pictures, little optimisation.
CMAKE_ARGS="-DGGML_NATIVE=OFF -DGGML_LLAMAFILE=OFF -DGGML_OPENMP=OFF -DLLAVA_BUILD=OFF -DCMAKE_CXX_FLAGS_RELEASE=-O1" \
    "$python" -m pip install --quiet "llama-cpp-python[server]==$version" "gguf==0.19.0" numpy || {
    echo "could not install llama-cpp-python after $(($(date +%s) - begun)) s; the reason is above" >&2
    exit 1
}
if ! "$python" -c "$usable"; then
    echo "llama-cpp-python was installed but can't be used; the reason is above" >&2
    exit 1
fi
echo "installed in $(($(date +%s) - begun)) s"
