//! The command `openapi`: the document that the code generates, and the copy of it that is committed.

use std::{
    fs,
    io::{self, Write},
};

use crate::{cli::OpenapiOptions, error::CommandError};

pub(crate) fn run(options: &OpenapiOptions) -> Result<(), CommandError> {
    let document = balsts_api::openapi_json();
    let path = &options.path;
    let file_error = |source| CommandError::File { path: path.clone(), source };
    if options.write {
        return fs::write(path, document).map_err(file_error);
    }
    if options.check {
        return match fs::read(path) {
            Ok(committed) if committed == document.as_bytes() => Ok(()),
            Ok(_) => Err(CommandError::OpenapiDiffers(path.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(CommandError::OpenapiDiffers(path.clone())),
            Err(error) => Err(file_error(error)),
        };
    }
    io::stdout().write_all(document.as_bytes()).map_err(CommandError::Output)
}
